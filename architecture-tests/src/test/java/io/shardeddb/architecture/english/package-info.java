/** Sentences of documents, comments and messages, and the rules that they keep. */
@NullMarked
package io.shardeddb.architecture.english;

import org.jspecify.annotations.NullMarked;
