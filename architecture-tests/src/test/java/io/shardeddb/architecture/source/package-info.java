/** The files of the repository as text, and the list of places that still break a rule. */
@NullMarked
package io.shardeddb.architecture.source;

import org.jspecify.annotations.NullMarked;
