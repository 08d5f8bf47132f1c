-- One row a lesion, exam and reader, from the SDTM tables `tu` (lesions) and `tr` (measurements).
--
-- Use it as `recist_reading` of a study: `select * from sdtm_recist_reading`. Targets are measured by LDIAM, nodal ones
-- by LPERP (the short axis); the others are judged by TUMSTATE. A measurement with TRSTAT is not evaluable. Days are
-- those of `sdtm_visit`.
-- Parameter nodal_location = 'LYMPH NODE': TULOC of nodal lesions (CDISC controlled terminology)
-- Source: CDISC SDTM Implementation Guide 3.3, domains TU and TR.
with identified as (
  select
    USUBJID,
    coalesce(TUEVALID, TUEVAL, 'INVESTIGATOR') as reader,
    TULNKID,
    min(VISITNUM) as first_visit,
    max(TULOC) as location,
    max(TUSTRESC) as category
  from tu
  where TUTESTCD = 'TUMIDENT'
  group by USUBJID, coalesce(TUEVALID, TUEVAL, 'INVESTIGATOR'), TULNKID
),
measured as (
  select
    USUBJID,
    coalesce(TREVALID, TREVAL, 'INVESTIGATOR') as reader,
    TRLNKID,
    VISITNUM,
    max(case when TRTESTCD = 'LDIAM' then TRSTRESN end) as longest,
    max(case when TRTESTCD = 'LPERP' then TRSTRESN end) as perpendicular,
    max(case when TRTESTCD = 'TUMSTATE' then TRSTRESC end) as tumour_state,
    bool_or(TRTESTCD in ('LDIAM', 'LPERP') and TRSTRESC = 'TOO SMALL TO MEASURE') as too_small
  from tr
  where TRLNKID is not null
  group by USUBJID, coalesce(TREVALID, TREVAL, 'INVESTIGATOR'), TRLNKID, VISITNUM
)
select
  measured.USUBJID as patient_id,
  measured.reader,
  sdtm_visit.exam_date,
  measured.TRLNKID as lesion_id,
  case identified.category when 'TARGET' then 'target' when 'NON-TARGET' then 'non_target' when 'NEW' then 'new' end as role,
  identified.location = $nodal_location as nodal,
  case when identified.location = $nodal_location then measured.perpendicular else measured.longest end as diameter_mm,
  case
    when measured.tumour_state = 'ABSENT' then 'absent'
    when measured.tumour_state = 'UNEQUIVOCAL PROGRESSION' then 'progressed'
    when measured.tumour_state = 'EQUIVOCAL' then 'equivocal'
    when measured.tumour_state is not null then 'present'
    when measured.too_small then 'too_small'
    when measured.longest is null and measured.perpendicular is null then 'not_evaluable'
    else 'present'
  end as state,
  cast(null as date) as first_seen
from measured
join sdtm_visit
  on sdtm_visit.patient_id = measured.USUBJID
  and sdtm_visit.reader = measured.reader
  and sdtm_visit.visit = measured.VISITNUM
join identified
  on identified.USUBJID = measured.USUBJID
  and identified.reader = measured.reader
  and identified.TULNKID = measured.TRLNKID
