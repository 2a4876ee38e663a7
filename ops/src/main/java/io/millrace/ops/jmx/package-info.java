/** The operator's verbs and counters as MXBeans, for jconsole and Hawtio as they are. */
@NullMarked
package io.millrace.ops.jmx;

import org.jspecify.annotations.NullMarked;
