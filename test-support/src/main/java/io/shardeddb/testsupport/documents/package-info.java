/**
 * A plain model of collections in memory, written from the documented meaning of filters, updates, sorts and pipelines.
 * It shares no code with what it judges. Its values are Map, List, String, Long, Double, Boolean and {@link
 * io.shardeddb.testsupport.documents.Absent}.
 */
@NullMarked
package io.shardeddb.testsupport.documents;

import org.jspecify.annotations.NullMarked;
