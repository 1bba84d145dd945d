/**
 * Filters as conditions of SQL that leave out most documents that are not meant. They never leave out one that is. What
 * the database lets through is decided again by the filter itself.
 */
@NullMarked
package io.shardeddb.documents.sql;

import org.jspecify.annotations.NullMarked;
