/** Objects of the Kubernetes API as a person asks for them: apply, get, describe, delete, plan. */
@NullMarked
package io.shardeddb.cli.objects;

import org.jspecify.annotations.NullMarked;
