/** What all endpoints share: bodies, answers, errors, headers. */
@NullMarked
package io.shardeddb.router.http;

import org.jspecify.annotations.NullMarked;
