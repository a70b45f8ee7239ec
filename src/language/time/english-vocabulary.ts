import type { TimeVocabulary } from './vocabulary.ts';

/** English, with the day before the month in numbers. */
export const englishVocabulary: TimeVocabulary = {
  weekdays:
    'sunday/sundays monday/mondays tuesday/tuesdays wednesday/wednesdays thursday/thursdays friday/fridays saturday/saturdays',
  weekdaysShort: 'sun mon tue/tues wed/weds thu/thur/thurs fri sat',
  months: 'january february march april may june july august september october november december',
  monthsShort: 'jan feb mar apr may jun jul aug sep/sept oct nov dec',
  units: [
    ['minute/minutes/min/mins', { minutes: 1 }],
    ['hour/hours/hr/hrs', { minutes: 60 }],
    ['day/days', { days: 1 }],
    ['night/nights', { days: 1 }],
    ['week/weeks', { days: 7 }],
    ['fortnight/fortnights', { days: 14 }],
    ['month/months', { months: 1 }],
    ['year/years', { months: 12 }],
  ],
  parts: [
    ['morning', 'morning'],
    ['afternoon', 'afternoon'],
    ['evening', 'evening'],
    ['night', 'night'],
  ],
  misspelled:
    'sunday monday tuesday wednesday thursday friday saturday january february april august september october november december today tomorrow ' +
    'tonight weekend afternoon evening morning midnight noon',
  confusions: [
    ['tomorrow', 'tommorow'],
    ['tomorrow', 'tommorrow'],
    ['tomorrow', 'tmrw'],
    ['tomorrow', 'tmr'],
    ['tomorrow', 'tmrow'],
    ['tomorrow', 'tomoz'],
    ['tonight', 'tonite'],
    ['tonight', '2nite'],
    ['wednesday', 'wensday'],
    ['wednesday', 'wendsday'],
    ['february', 'febuary'],
    ['tuesday', 'teusday'],
    ['weekend', 'wknd'],
  ],
  exempt: 'moring toady non no monda sundry',
  counted:
    'person persons people guest guests adult adults kid kids child children infant infants pax friends dollars dollar usd pesos euros pounds bucks ' +
    'grand times rooms room beds bed tables table options option services things stars points km miles meters kg pounds sessions units haircuts ' +
    'minutes minute mins hours hour days day nights night weeks week months month years year seconds blocks street st avenue ave road rd of percent',
  beforeNames: 'with am im name is called mr mrs ms dr miss named ask see',
  names: 'april june may august sun sat mar',
  beforeStreets: 'street avenue square plaza road ave blvd lane drive',
  afterHour: '',
  moving: 'move change reschedule switch shift push bring moving changing rescheduling',
  moved: 'appointment booking reservation it date arrival departure visit slot mine',
  holidays: [
    ['(christmas|xmas) (day)?', { month: 12, day: 25 }],
    ['(christmas|xmas) eve', { month: 12, day: 24 }],
    ['boxing day', { month: 12, day: 26 }],
    ['(new years|new year) (day)?', { month: 1, day: 1 }],
    ['(new years|new year) eve', { month: 12, day: 31 }],
    ['(valentines|valentine) (day)?', { month: 2, day: 14 }],
    ['halloween', { month: 10, day: 31 }],
    ['(labor|labour) day', { month: 5, day: 1 }],
    ['(independence day|fourth of july)', { month: 7, day: 4 }],
    ['thanksgiving (day)?', { month: 11, weekday: 4, nth: 4 }],
    ['good friday', { easter: -2 }],
    ['easter monday', { easter: 1 }],
    ['easter (sunday)?', { easter: 0 }],
    ['(easter weekend|holy week)', { easter: -3, through: 3 }],
  ],
};
