"""table: the rows of all parts as text, with the limits and how far each is.

Owns: the text's form; the sum of what is reached.
Never: measures, or judges again: a row says whether it is reached.
"""

WIDTH = 52


def number(value):
    if value == int(value) and abs(value) < 1e7:
        return "%d" % value
    return "%.3f" % value if abs(value) < 1 else "%.2f" % value if abs(value) < 100 else "%.0f" % value


def verdict(row):
    if "limit" not in row:
        return ""
    how = "reached" if row["reached"] else "NOT REACHED"
    return "%s: %s%s" % (row["limit"], how, "" if row.get("by") is None else " (%.2f of it)" % row["by"])


def line(row):
    text = "  %-*s %5d %9s %9s %-4s %6s  %s" % (
        WIDTH, row["subject"], row["n"], number(row["median"]), number(row["high"]), row["unit"],
        "%.2f" % row["ratio"] if "ratio" in row else "", verdict(row))
    return text.rstrip() + ("  [%s]" % row["note"] if row.get("note") else "")


def text(rows, heading):
    """The whole table. heading: lines about the machine."""
    lines, figure = list(heading), None
    figures = list(dict.fromkeys(row["figure"] for row in rows))
    for row in sorted(rows, key=lambda row: figures.index(row["figure"])):
        if row["figure"] != figure:
            figure = row["figure"]
            peer = next((other["peer"] for other in rows if other["figure"] == figure and "peer" in other), None)
            part, _, what = figure.partition(" ")
            lines += ["", "(%s) %s%s" % (part, what, "; ratio to %s" % peer if peer else "")]
            lines.append("  %-*s %5s %9s %9s %-4s %6s" % (WIDTH, "", "n", "median", "95 %", "", "ratio"))
        lines.append(line(row))
    limits = [row for row in rows if "limit" in row]
    missed = [row for row in limits if not row["reached"]]
    lines += ["", "%d limits, %d reached, %d not" % (len(limits), len(limits) - len(missed), len(missed))]
    lines += ["  not reached: (%s) %s, %s: %s" % (row["figure"][0], row["figure"][2:], row["subject"], verdict(row)) for row in missed]
    return "\n".join(lines) + "\n"
