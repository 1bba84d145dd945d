/** Profiles: addresses and credentials under names, in a file of the user. */
@NullMarked
package io.shardeddb.cli.profile;

import org.jspecify.annotations.NullMarked;
