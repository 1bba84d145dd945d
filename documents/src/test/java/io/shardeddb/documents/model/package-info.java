/** This engine against a plain model that shares no code with it, over requests drawn from seeds. */
@org.jspecify.annotations.NullMarked
package io.shardeddb.documents.model;
