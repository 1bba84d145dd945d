/**
 * Tests that are written as text: a script of commands and the pictures that follow from them, which is read as
 * documentation. Shared by the modules' tests.
 */
@NullMarked
package io.shardeddb.testdata;

import org.jspecify.annotations.NullMarked;
