@NullMarked
package io.millrace.job.probe;

import org.jspecify.annotations.NullMarked;
