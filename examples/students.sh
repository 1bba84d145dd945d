#!/usr/bin/env bash
# Writes students.csv to standard output: 10,000 rows, the same on every run.
# Numbers run over all four shards of students.yaml (0 to 16383) without repeating: 7919 is odd, so n * 7919 mod 16384
# visits every number once. Names and marks are picked by the number.
set -euo pipefail
exec awk 'BEGIN {
  split("Ada Alan Barbara Claude Donald Edsger Frances Grace John Katherine Leslie Margaret Niklaus Radia Tony Vint", first, " ")
  split("Allen Backus Borg Cerf Dijkstra Goldwasser Hamilton Hoare Hopper Johnson Knuth Lamport Liskov Lovelace Perlman Wirth", last, " ")
  print "Stud_id,Stud_name,Stud_marks"
  for (n = 1; n <= 10000; n++) {
    id = (n * 7919) % 16384
    printf "%d,%s %s,%d\n", id, first[id % 16 + 1], last[int(id / 16) % 16 + 1], (id * 31 + 17) % 101
  }
}'
