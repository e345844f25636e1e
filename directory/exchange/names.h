/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ONWARD_DIRECTORY_EXCHANGE_NAMES_H
#define ONWARD_DIRECTORY_EXCHANGE_NAMES_H
/*
 * What Onward says beyond the profiles stands in attributes: the term's taxonomy is one of these,
 * its name the value or the id of a clause, its description a sentence.  EXCHANGE.md lists them;
 * they are a format, and keep their meaning.
 */
#define TAXONOMY_PREFIX "onward:"
#define TAXONOMY_SERVICE "onward:service"
#define TAXONOMY_ORGANISATION "onward:organisation"
#define TAXONOMY_PARTY_KIND "onward:party-kind"
#define TAXONOMY_FAITH "onward:faith-ethos"
#define TAXONOMY_ROLE "onward:role"
#define TAXONOMY_PARTNER "onward:partner"
#define TAXONOMY_WOMEN "onward:women-specific"
#define TAXONOMY_PATHWAY "onward:pathway"
#define TAXONOMY_NEED "onward:need"
#define TAXONOMY_NO_NEED "onward:no-need"
#define TAXONOMY_GROUP "onward:specialist-group"
#define TAXONOMY_REFERRER "onward:referrer-kind"
#define TAXONOMY_CLAUSE "onward:eligibility"
#define TAXONOMY_CLAUSE_CEL "onward:eligibility-cel"
#define TAXONOMY_CLAUSE_ASK "onward:eligibility-question"
#define TAXONOMY_COHORT "onward:cohort"
#define TAXONOMY_COHORT_CEL "onward:cohort-cel"
#define TAXONOMY_WITHHELD "onward:withheld"
#define TAXONOMY_FROM "onward:window-from"
#define TAXONOMY_TO "onward:window-to"
#define TAXONOMY_LEAD_DAYS "onward:lead-days"
#define TAXONOMY_LEAD_NEED "onward:lead-need"
#define TAXONOMY_LANGUAGE "onward:language"
#define TAXONOMY_CONFIDENTIAL "onward:confidential-location"
/* How a cost option says `rate_card`. */
#define RATE_CARD_OPTION "rate card"
/* What a contact of an organisation is titled, when it may be shown. */
#define CONTACT_TITLE "Contact for advice"
/* Before the code of an authority, in the address of a service area. */
#define GSS_URI "http://statistics.data.gov.uk/id/statistical-geography/"
#define GSS_EXTENT_TYPE "ONS GSS code"
#endif
