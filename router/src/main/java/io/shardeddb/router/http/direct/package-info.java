/**
 * Requests that are answered on the thread of the client's connection, before the framework: order, bodies, answers.
 */
@NullMarked
package io.shardeddb.router.http.direct;

import org.jspecify.annotations.NullMarked;
