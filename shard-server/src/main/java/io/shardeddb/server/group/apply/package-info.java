/**
 * What is being applied: the entries under way with who waits for them, where they end, and what is done before the
 * first and after the last one. States of a replica's rows: not compared yet, at an index, behind, ahead of the log
 * (then the log was rolled back).
 */
@NullMarked
package io.shardeddb.server.group.apply;

import org.jspecify.annotations.NullMarked;
