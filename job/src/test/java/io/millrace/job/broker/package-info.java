@NullMarked
package io.millrace.job.broker;

import org.jspecify.annotations.NullMarked;
