"""plot: the main figures as one picture, by gnuplot.

Owns: what is in it. Never: runs gnuplot itself; run does, which knows where it is.
"""

import re

CROWDS = re.compile(r"d (\d+) at once: the last answer or prompt$")
BARS = (
    ("One login: wall time, fresh process, state on disk", "a wall, fresh process, state on disk"),
    ("One login: CPU of all processes, fresh process", "a CPU of all processes, fresh process, state on disk"),
    ("To the whole request at the provider, cold, 0 ms away", "c to the whole request, cold, round trip 0 ms"),
    ("To the whole request at the provider, cold, 40 ms away", "c to the whole request, cold, round trip 40 ms"),
)


SHORTER = (("pam_google_authenticator", "google-authenticator"), ("a minimal libcurl program", "libcurl"), ("the curl command", "curl"))


def short(text):
    for long, name in SHORTER:
        text = text.replace(long, name)
    return text


def quoted(text):
    return '"%s"' % text.replace('"', "'")


def bars(title, rows):
    """One panel: a bar for each, a line to its 95 %."""
    data = "".join("%d %s %f %f\n" % (i, quoted(short(row["subject"])), row["median"], row["high"])
                   for i, row in enumerate(reversed(rows)))
    return ('$data << EOD\n%sEOD\nset title %s\nunset logscale\nset xrange [0:*]\nset yrange [-0.6:%f]\nset xlabel "ms (median; the line: to 95 %%)"\n'
            'unset ylabel\nunset key\nset ytics scale 0\n'
            'plot $data using ($3/2):1:($3/2):(0.3):ytic(2) with boxxyerror fill solid 0.5 lc rgb "#4477aa", '
            '$data using 3:1:3:4 with xerrorbars pt 0 lc rgb "#222222"\n' % (data, quoted(title), len(rows) - 0.4))


def curves(title, xlabel, ylabel, series):
    """One panel of lines. series: {name: [(x, median)]}."""
    text, plots = "", []
    for i, (name, points) in enumerate(series.items()):
        text += "$s%d << EOD\n%sEOD\n" % (i, "".join("%f %f\n" % point for point in sorted(points)))
        plots.append('$s%d using 1:2 with linespoints pt 7 ps 0.5 title %s' % (i, quoted(name)))
    return (text + 'set title %s\nset logscale xy\nset autoscale\nset xrange [*:*]\nset yrange [*:*]\nset ytics auto scale 1\nset xlabel %s\nset ylabel %s\n'
            'set key top left\nplot %s\n' % (quoted(title), quoted(xlabel), quoted(ylabel), ", ".join(plots)))


def crowd(rows):
    series = {}
    for row in rows:
        found = CROWDS.match(row["figure"])
        if found:
            series.setdefault(row["subject"], []).append((int(found.group(1)), row["median"]))
    return curves("Many logins at once, 2 processors", "logins at once", "ms to the last prompt", series) if series else None


def many(rows):
    series = {}
    for row in rows:
        for name, figure in (("login, wall", "e wall, a login, one of ten who come again"), ("login, CPU", "e CPU of all processes, a login, one of ten who come again")):
            if row["figure"] == figure:
                series.setdefault(name, []).append((int(row["subject"].split()[0]), row["median"]))
    return curves("Enrolled users", "enrolled users", "ms", series) if series else None


def script(rows, out):
    """What gnuplot is told; None where there is nothing to draw."""
    panels = [bars(title, chosen) for title, figure in BARS if (chosen := [row for row in rows if row["figure"] == figure])]
    panels += [panel for panel in (crowd(rows), many(rows)) if panel]
    if not panels:
        return None
    height = (len(panels) + 1) // 2
    return ('set encoding utf8\nset terminal svg noenhanced size 1500,%d font "sans,12" background "white"\nset output %s\nset multiplot layout %d,2\n'
            % (380 * height, quoted(out), height) + "".join(panels) + "unset multiplot\n")
