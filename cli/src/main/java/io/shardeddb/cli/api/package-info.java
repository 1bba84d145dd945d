/** A Kubernetes API as trees of JSON: requests, refusals, tables and watches, for any kind of object. */
@NullMarked
package io.shardeddb.cli.api;

import org.jspecify.annotations.NullMarked;
