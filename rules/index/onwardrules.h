/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARDRULES_H
#define ONWARDRULES_H
/*
 * libonwardrules: what a program that is no part of Onward includes.  rules.h is a clause, over
 * facts that may be unknown; cel.h the language by itself; index.h very many services at once.
 */
#include "rules/cel/cel.h"
#include "rules/index/index.h"
#include "rules/rules.h"
#endif
