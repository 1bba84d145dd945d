/** The Kubernetes API over HTTP: discovery, verbs, watches, tables and errors. */
@NullMarked
package io.shardeddb.local.api;

import org.jspecify.annotations.NullMarked;
