/** Expressions that compute a value from a document: parsed once, then evaluated for each document. */
@NullMarked
package io.shardeddb.documents.expression;

import org.jspecify.annotations.NullMarked;
