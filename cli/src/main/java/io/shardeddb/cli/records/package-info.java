/** The verbs for rows and documents alike: find, insert, update, delete, count, distinct, aggregate. */
@NullMarked
package io.shardeddb.cli.records;

import org.jspecify.annotations.NullMarked;
