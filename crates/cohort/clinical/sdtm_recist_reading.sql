-- One row a lesion, exam and reader, from the SDTM tables `tu` (lesions) and `tr` (measurements).
--
-- Use it as `recist_reading` of a study: `select * from sdtm_recist_reading`. Targets are measured by DIAMETER, which of
-- a node is the short axis, else by LDIAM, nodal ones by LPERP. The others are judged by TUMSTATE (PRESENT, ABSENT,
-- EQUIVOCAL, UNEQUIVOCAL, UNEQUIVOCAL PROGRESSION) or LNSTATE (PATHOLOGICAL, NON-PATHOLOGICAL); one in another state, or
-- that was not assessed (TRSTAT), is not evaluable. Days are those of `sdtm_visit`.
-- Parameter nodal_location = 'LYMPH NODE': TULOC of nodal lesions (CDISC controlled terminology)
-- Optional tu.TUEVAL = text: the reader is TUEVALID, else INVESTIGATOR
-- Optional tu.TUEVALID = text: the reader is TUEVAL, else INVESTIGATOR
-- Optional tr.TREVAL = text: the reader is TREVALID, else INVESTIGATOR
-- Optional tr.TREVALID = text: the reader is TREVAL, else INVESTIGATOR
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
    max(case when TRTESTCD = 'DIAMETER' then TRSTRESN end) as diameter,
    max(case when TRTESTCD = 'LDIAM' then TRSTRESN end) as longest,
    max(case when TRTESTCD = 'LPERP' then TRSTRESN end) as perpendicular,
    max(case when TRTESTCD = 'TUMSTATE' then TRSTRESC end) as tumour_state,
    max(case when TRTESTCD = 'LNSTATE' then TRSTRESC end) as node_state,
    bool_or(TRTESTCD in ('DIAMETER', 'LDIAM', 'LPERP') and TRSTRESC = 'TOO SMALL TO MEASURE') as too_small
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
  coalesce(
    measured.diameter,
    case when identified.location = $nodal_location then measured.perpendicular else measured.longest end
  ) as diameter_mm,
  case
    when measured.tumour_state = 'PRESENT' then 'present'
    when measured.tumour_state = 'ABSENT' then 'absent'
    when measured.tumour_state in ('UNEQUIVOCAL', 'UNEQUIVOCAL PROGRESSION') then 'progressed'
    when measured.tumour_state = 'EQUIVOCAL' then 'equivocal'
    when measured.tumour_state is not null then 'not_evaluable'
    when measured.too_small then 'too_small'
    when coalesce(measured.diameter, measured.longest, measured.perpendicular) is not null then 'present'
    when measured.node_state = 'PATHOLOGICAL' then 'present'
    when measured.node_state = 'NON-PATHOLOGICAL' then 'absent'
    when measured.node_state = 'UNEQUIVOCAL PROGRESSION' then 'progressed'
    else 'not_evaluable'
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
