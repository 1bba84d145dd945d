/** Turns of those who change one document. */
@NullMarked
package io.shardeddb.router.documents.turn;

import org.jspecify.annotations.NullMarked;
