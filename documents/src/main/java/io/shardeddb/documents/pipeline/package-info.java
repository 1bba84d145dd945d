/** Pipelines: lists of stages, each of which takes documents one by one and gives documents on. */
@NullMarked
package io.shardeddb.documents.pipeline;

import org.jspecify.annotations.NullMarked;
