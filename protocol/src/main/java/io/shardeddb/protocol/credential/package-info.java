/**
 * How the processes of a database know one another: a secret that they share, and the place where certificates will
 * come.
 */
@NullMarked
package io.shardeddb.protocol.credential;

import org.jspecify.annotations.NullMarked;
