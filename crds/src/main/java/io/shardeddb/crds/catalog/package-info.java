/**
 * What is in force: tables, intervals and groups of a database, as data. The operator publishes it as one object;
 * routers and the command line read it, and never the spec, which may say what was refused or has not been carried out
 * yet.
 */
@NullMarked
package io.shardeddb.crds.catalog;

import org.jspecify.annotations.NullMarked;
