/** Tables of a fixed shape, as the resource declares them: collections of documents, and spaces of keys and values. */
@NullMarked
package io.shardeddb.crds.collections;

import org.jspecify.annotations.NullMarked;
