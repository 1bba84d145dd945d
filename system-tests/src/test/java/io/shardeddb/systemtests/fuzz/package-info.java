/**
 * What the catalog fuzzer is made of: a model of the rows, clients that compare with it, and steps that disturb a
 * database.
 */
@NullMarked
package io.shardeddb.systemtests.fuzz;

import org.jspecify.annotations.NullMarked;
