/** Requests that clients get wrong, sent as raw bytes: for the tests of every HTTP server of this repository. */
@NullMarked
package io.shardeddb.testsupport.http;

import org.jspecify.annotations.NullMarked;
