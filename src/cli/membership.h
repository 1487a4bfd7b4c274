/* membership: the storing, changing and erasing of a user, each in an order that a crash cannot
 * turn against us.
 *
 * Owns: what stands where about a user: directory, record, the site's count.
 * MUST: have a user's record on disk before the number that makes them enrolled (a number without a
 *       record is damage, C5), and take the number away before the record; leave after a crash at
 *       any point what the same command, run again, completes; erase every trace in them (G5).
 * Never: verifies, asks, prints. */
#ifndef CLI_MEMBERSHIP_H
#define CLI_MEMBERSHIP_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/house.h"

/* A user who is not enrolled. What an interrupted command left of a record is replaced by a fresh
 * one. */
int membership_store(const struct house *h, const struct account *account,
	const struct phone *phone, bool verified, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* The same with an entry that holds all of their numbers. */
int membership_enter(const struct house *h, const struct account *account,
	const struct directory_entry *entry, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* What is stored about a number of today, by whoever runs this command. */
int membership_number(const struct phone *phone, bool verified, struct enrolment_number *out,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

/* An enrolled user's entry without a number that stood in it: after 0 it is stored, and that is to
 * be told before anything else can fail. membership_settle or membership_void comes after it. */
int membership_renumber(const struct house *h, const struct account *account,
	const struct directory_entry *entry, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
/* An enrolled user's entry with every number that stood in it. */
int membership_amend(const struct house *h, const struct directory_entry *entry, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
/* Void what is live, and forget the places that codes have made known. */
int membership_void(const struct house *h, const struct account *account, struct fault *f)
	__attribute__((warn_unused_result, nonnull));
/* Void what is live with the old number, forget the places that it made known, and end a block by
 * failures. */
int membership_settle(const struct house *h, const struct account *account, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

/* An enrolled user's language; NONE takes it away. */
int membership_set_language(const struct house *h, const struct account *account, enum language l,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

/* *found: something was there. */
int membership_erase(const struct house *h, const struct account *account, bool *found,
	struct fault *f) __attribute__((warn_unused_result, nonnull));

/* The site's count, taken from the folder anew; comes last, after a store or an erasure has been
 * told. forgotten: whose uid is taken off the site's record, or NULL. */
int membership_recount(const struct house *h, const struct account *forgotten, struct fault *f)
	__attribute__((warn_unused_result, nonnull(1, 3)));

/* The same for n who are forgotten. */
int membership_recount_all(const struct house *h, const uint32_t *uids, size_t n, struct fault *f)
	__attribute__((warn_unused_result, nonnull(1, 4)));

/* Enrolments in the folder, damaged ones too. */
int membership_count(const struct house *h, uint32_t *n, struct fault *f)
	__attribute__((warn_unused_result, nonnull));

#endif
