/** The cases of a public suite, and what this engine makes of them. */
@org.jspecify.annotations.NullMarked
package io.shardeddb.documents.suite;
