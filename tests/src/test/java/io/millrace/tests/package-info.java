/** End to end: a real broker, a real cluster, the command line, Python readers. */
@NullMarked
package io.millrace.tests;

import org.jspecify.annotations.NullMarked;
