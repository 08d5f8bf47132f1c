-- One row a patient, reader and visit: response as the SDTM table `rs` reports it.
--
-- Target (TRGRESP), non-target (NTRGRESP), progression by new lesions (NEWLPROG) and overall response (OVRLRESP), as
-- they stand in RSSTRESC.
-- Optional rs.RSEVAL = text: the reader is RSEVALID, else INVESTIGATOR
-- Optional rs.RSEVALID = text: the reader is RSEVAL, else INVESTIGATOR
-- Source: CDISC SDTM Implementation Guide 3.3, domain RS.
select
  USUBJID as patient_id,
  coalesce(RSEVALID, RSEVAL, 'INVESTIGATOR') as reader,
  VISITNUM as visit,
  max(case when RSTESTCD = 'TRGRESP' then RSSTRESC end) as target_response,
  max(case when RSTESTCD = 'NTRGRESP' then RSSTRESC end) as non_target_response,
  max(case when RSTESTCD = 'NEWLPROG' then RSSTRESC end) as new_lesion_progression,
  max(case when RSTESTCD = 'OVRLRESP' then RSSTRESC end) as response
from rs
group by USUBJID, coalesce(RSEVALID, RSEVAL, 'INVESTIGATOR'), VISITNUM
