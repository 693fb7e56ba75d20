# Lists what a Makefile can do, by groups: awk -f help.awk Makefile
#
# A target is listed if its line ends with `## GROUP MINUTES: what it does`. MINUTES may be `-`: seconds. What has
# neither is listed last.

BEGIN {
    groups = "start test lint check package write measure other"
    title["start"] = "Start here"
    title["test"] = "Tests (make test runs them all)"
    title["lint"] = "Lints (make lint runs them all)"
    title["check"] = "Checks that take longer (make check runs the first of them)"
    title["package"] = "Packages"
    title["write"] = "Files that are written by programs"
    title["measure"] = "Measuring"
    title["other"] = "Others"
}

/^[a-z-]+:.*## / {
    target = $0
    sub(/:.*/, "", target)
    sub(/.*## /, "")
    if ($0 !~ /^[a-z]+ [0-9-]+: /)
        $0 = "other -: " $0
    head = $0
    sub(/: .*/, "", head)
    split(head, words, " ")
    sub(/^[a-z]+ [0-9-]+: /, "")
    minutes = words[2] == "-" ? "" : words[2] " min"
    if (words[1] in title)
        lines[words[1]] = lines[words[1]] sprintf("  %-21s %7s  %s\n", target, minutes, $0)
    else {
        print target ": there is no group " words[1] | "cat >&2"
        failed = 1
    }
}

END {
    count = split(groups, order, " ")
    for (i = 1; i <= count; i++)
        if (lines[order[i]] != "")
            printf "%s%s\n%s", (i > 1 ? "\n" : ""), title[order[i]], lines[order[i]]
    print "\nMinutes are rough: two cores, and all crates of others built already."
    exit failed
}
