-- One row a patient, reader, course and exam from the baseline on: sum of target diameters and counts of lesions.
--
-- Longest diameters of targets and short axes of nodal ones; absent counts 0 mm, too small to measure $too_small_mm mm,
-- and a recorded number is always used. Sums are counted in 1/10000 mm, which keeps thresholds exact. Lesions that are
-- new in the course count for nothing here; `new_from` is the day of the first that is certain, an equivocal one counting
-- from the day on which it was first seen, once a later exam confirms it.
-- Parameter too_small_mm = 5: diameter of a lesion too small to measure (RECIST 1.1, section 4.2.2)
-- Parameter node_mm = 10: short axis from which a node is pathological (RECIST 1.1, section 4.3.1)
-- Source: Eisenhauer et al. 2009, doi:10.1016/j.ejca.2008.10.026, sections 4.2 and 4.3.
with baselines as (
  select
    exams.patient_id,
    exams.reader,
    recist_course.course,
    recist_course.treatment_start,
    recist_course.course_end,
    case
      when recist_course.treatment_start is null then min(exams.exam_date)
      else max(case when exams.exam_date <= recist_course.treatment_start then exams.exam_date end)
    end as baseline_date
  from (select patient_id, reader, exam_date from recist_reading group by patient_id, reader, exam_date) as exams
  join recist_course on recist_course.patient_id = exams.patient_id
  group by
    exams.patient_id, exams.reader, recist_course.course, recist_course.treatment_start, recist_course.course_end
),
new_lesions as (
  select patient_id, reader, course, min(seen) as new_from
  from (
    select
      baselines.patient_id,
      baselines.reader,
      baselines.course,
      case
        when bool_or(recist_reading.state in ('present', 'progressed', 'too_small')) then min(case
          when recist_reading.state not in ('absent', 'not_evaluable') then recist_reading.exam_date
        end)
      end as seen
    from baselines
    join recist_reading
      on recist_reading.patient_id = baselines.patient_id
      and recist_reading.reader = baselines.reader
    where recist_reading.exam_date >= baselines.baseline_date
      and (baselines.course_end is null or recist_reading.exam_date < baselines.course_end)
      -- What was new under an earlier course is known at this one's baseline.
      and coalesce(recist_reading.first_seen > baselines.baseline_date, recist_reading.role = 'new')
    group by baselines.patient_id, baselines.reader, baselines.course, recist_reading.lesion_id
  ) as lesions
  group by patient_id, reader, course
),
courses as (
  -- The left side of a join is kept in memory: few have new lesions.
  select baselines.*, new_lesions.new_from
  from new_lesions
  right join baselines
    on new_lesions.patient_id = baselines.patient_id
    and new_lesions.reader = baselines.reader
    and new_lesions.course = baselines.course
),
readings as (
  -- An exam of which only new lesions are recorded has no lesion of the others.
  select
    courses.patient_id,
    courses.reader,
    courses.course,
    courses.treatment_start,
    courses.baseline_date,
    courses.new_from,
    recist_reading.exam_date,
    case
      when coalesce(recist_reading.first_seen > courses.baseline_date, recist_reading.role = 'new') then null
      when recist_reading.role = 'new' then 'non_target'
      else recist_reading.role
    end as role,
    recist_reading.nodal,
    recist_reading.state,
    case
      when recist_reading.state = 'not_evaluable' then null
      when recist_reading.state = 'absent' then 0
      when recist_reading.diameter_mm is not null then cast(round(recist_reading.diameter_mm * 10000) as bigint)
      when recist_reading.state = 'too_small' then cast(round($too_small_mm * 10000) as bigint)
    end as size
  from courses
  join recist_reading
    on recist_reading.patient_id = courses.patient_id
    and recist_reading.reader = courses.reader
    and recist_reading.exam_date >= courses.baseline_date
    and (courses.course_end is null or recist_reading.exam_date < courses.course_end)
)
select
  patient_id,
  reader,
  course,
  treatment_start,
  baseline_date,
  new_from,
  exam_date,
  count(case when role = 'target' then 1 end) as targets_read,
  count(case when role = 'target' then size end) as targets_measured,
  sum(case when role = 'target' then size end) as measured_sum,
  coalesce(bool_and(case
    when role = 'target' then size is not null and size < case when nodal then cast($node_mm * 10000 as bigint) else 1 end
  end), false) as targets_gone,
  coalesce(sum(case when role = 'target' and not nodal then size end), 0) as non_nodal_sum,
  count(case when role = 'non_target' then 1 end) as others_read,
  count(case when role = 'non_target' and state = 'not_evaluable' then 1 end) as others_unclear,
  count(case
    when role = 'non_target' and state in ('present', 'progressed', 'too_small', 'equivocal')
      and not (nodal and size is not null and size < cast($node_mm * 10000 as bigint)) then 1
  end) as others_present,
  coalesce(bool_or(role = 'non_target' and state = 'progressed'), false) as others_progressed,
  '$node_mm' as node_mm
from readings
group by patient_id, reader, course, treatment_start, baseline_date, new_from, exam_date
