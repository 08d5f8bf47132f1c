-- One row a patient, reader and visit: the day of the exam, from the SDTM table `tr`.
--
-- A date that lacks its day or month is taken as the first one it can be, but after the reader's exam of the visit
-- before.
-- Optional tr.TREVAL = text: the reader is TREVALID, else INVESTIGATOR
-- Optional tr.TREVALID = text: the reader is TREVAL, else INVESTIGATOR
-- Source: CDISC SDTM Implementation Guide 3.3, domain TR.
select
  patient_id,
  reader,
  visit,
  complete,
  cast(case
    when complete then exam_date
    else greatest(exam_date, max(exam_date) over (
      partition by patient_id, reader order by visit
      rows between unbounded preceding and 1 preceding) + interval '1 day')
  end as date) as exam_date
from (
  select
    USUBJID as patient_id,
    coalesce(TREVALID, TREVAL, 'INVESTIGATOR') as reader,
    VISITNUM as visit,
    bool_or(length(cast(TRDTC as text)) >= 10) as complete,
    min(case length(cast(TRDTC as text))
      when 4 then to_date(concat(TRDTC, '-01-01'))
      when 7 then to_date(concat(TRDTC, '-01'))
      else to_date(substr(cast(TRDTC as text), 1, 10))
    end) as exam_date
  from tr
  group by USUBJID, coalesce(TREVALID, TREVAL, 'INVESTIGATOR'), VISITNUM
) as dated
