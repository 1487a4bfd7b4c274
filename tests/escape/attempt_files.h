/* attempt_files: attempts at files and folders. Each returns 0 or errno, as attempt.h says. */
#ifndef TESTS_ESCAPE_ATTEMPT_FILES_H
#define TESTS_ESCAPE_ATTEMPT_FILES_H

int files_write_inherited(void);
int files_spool(void);
int files_read_passwd(void);
int files_read_shadow(void);
int files_read_mine(void);
int files_list(void);
int files_open_writing(void);
int files_create(void);
int files_create_tmp(void);
int files_create_etc(void);
int files_tmpfile(void);
int files_empty(void);
int files_truncate(void);
int files_remove(void);
int files_rename(void);
int files_mkdir(void);
int files_links(void);
int files_chmod(void);
int files_fchmod(void);
int files_touch(void);
int files_watch(void);

#endif
