/** Taking back what a batch did, without an object for each thing that it changed. */
@NullMarked
package io.millrace.processors.undo;

import org.jspecify.annotations.NullMarked;
