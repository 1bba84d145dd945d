/**
 * What the rest of the server sees of the groups, and the thread that drives them: views, answers, the ways out to other servers, {@link Loop}.
 * The rooms behind it, each using only those before it: {@code clock} times and timestamps, {@code decision} what is done next, {@code verdict}
 * what members refuse, {@code propose} writes on their way into the log, {@code read} reads that wait, {@code apply} what is being applied, and
 * {@code runtime} the replicas that are made of them.
 */
@NullMarked
package io.shardeddb.server.group;

import org.jspecify.annotations.NullMarked;
