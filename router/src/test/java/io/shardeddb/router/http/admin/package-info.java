@NullMarked
package io.shardeddb.router.http.admin;

import org.jspecify.annotations.NullMarked;
