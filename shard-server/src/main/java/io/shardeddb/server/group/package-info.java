/**
 * What the rest of the server sees of the groups, and the thread that drives them: views, answers, the ways out to
 * other servers, {@link Loop}. The packages below it use only those named before them. {@code clock} has times and
 * timestamps, {@code decision} what is done next, {@code verdict} what members refuse. {@code propose} has writes on
 * their way into the log, {@code read} reads that wait, and {@code apply} what is being applied. {@code runtime} has
 * the replicas that are made of them.
 */
@NullMarked
package io.shardeddb.server.group;

import org.jspecify.annotations.NullMarked;
