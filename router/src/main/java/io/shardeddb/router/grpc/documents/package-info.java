/** Documents over gRPC. */
@NullMarked
package io.shardeddb.router.grpc.documents;

import org.jspecify.annotations.NullMarked;
