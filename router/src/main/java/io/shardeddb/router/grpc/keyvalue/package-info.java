/** Keys and values over gRPC. */
@NullMarked
package io.shardeddb.router.grpc.keyvalue;

import org.jspecify.annotations.NullMarked;
