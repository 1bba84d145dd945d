/** Tests of the package of the same name. */
@NullMarked
package io.shardeddb.documents.update;

import org.jspecify.annotations.NullMarked;
