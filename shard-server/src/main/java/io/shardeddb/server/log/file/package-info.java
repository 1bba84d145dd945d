/**
 * How the log lies on disk: segments, the frame around a batch, the manifest, and the disk itself as a port. States of
 * a segment: being written, full, gone. A damaged file is told with its place, and nothing behind it is read.
 */
@NullMarked
package io.shardeddb.server.log.file;

import org.jspecify.annotations.NullMarked;
