/** Tests of the package of the same name. */
@NullMarked
package io.shardeddb.documents.pipeline;

import org.jspecify.annotations.NullMarked;
