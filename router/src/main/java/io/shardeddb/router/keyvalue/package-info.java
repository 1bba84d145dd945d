/**
 * Key-value spaces: keys and values as rows of a table of fixed shape, when they expire, and what is done with them.
 * Nothing here knows HTTP.
 */
@NullMarked
package io.shardeddb.router.keyvalue;

import org.jspecify.annotations.NullMarked;
