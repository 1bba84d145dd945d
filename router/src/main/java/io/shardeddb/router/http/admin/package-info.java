/** The endpoints that change the cluster, through the custom resource. */
@NullMarked
package io.shardeddb.router.http.admin;

import org.jspecify.annotations.NullMarked;
