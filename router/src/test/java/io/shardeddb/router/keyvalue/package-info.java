/** Tests of what keys and values are, without sockets. */
@org.jspecify.annotations.NullMarked
package io.shardeddb.router.keyvalue;
