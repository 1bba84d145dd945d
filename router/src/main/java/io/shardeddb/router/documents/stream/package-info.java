/** Documents of any number on their way to one reader, made as they are taken. */
@NullMarked
package io.shardeddb.router.documents.stream;

import org.jspecify.annotations.NullMarked;
