/**
 * What the published description of Cloudbeds' API v1.3 (`src/pms-v1.3-openapi.yaml` of cloudbeds/openapi-specs) says of the operations that the adapter
 * uses: names, types, and which are required. `cloudbeds.test.ts` compares it with the description itself where that is at hand.
 */
export type FieldType =
  | 'string'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'date'
  | 'date-time'
  | { one: readonly string[] }
  | { list: Fields };
export interface Fields {
  [name: string]: FieldType;
}
export interface Operation {
  method: 'GET' | 'POST' | 'PUT';
  required: readonly string[];
  fields: Fields;
}

const rooms: Fields = { roomTypeID: 'string', quantity: 'integer', roomID: 'string', roomRateID: 'string' };
const guests: Fields = { roomTypeID: 'string', quantity: 'integer', roomID: 'string' };

export const operations: Readonly<Record<string, Operation>> = {
  getRoomTypes: { method: 'GET', required: [], fields: { propertyIDs: 'string', pageSize: 'integer' } },
  getAvailableRoomTypes: {
    method: 'GET',
    required: ['startDate', 'endDate', 'rooms', 'adults', 'children'],
    fields: {
      propertyIDs: 'string',
      startDate: 'date',
      endDate: 'date',
      rooms: 'integer',
      adults: 'integer',
      children: 'integer',
      detailedRates: 'boolean',
      pageSize: 'integer',
    },
  },
  getReservation: { method: 'GET', required: ['reservationID'], fields: { propertyID: 'string', reservationID: 'string' } },
  getReservations: {
    method: 'GET',
    required: [],
    fields: {
      propertyID: 'string',
      resultsFrom: 'date-time',
      checkInTo: 'date',
      checkOutFrom: 'date',
      includeAllRooms: 'boolean',
      pageNumber: 'integer',
      pageSize: 'integer',
    },
  },
  postReservation: {
    method: 'POST',
    required: [],
    fields: {
      propertyID: 'string',
      sourceID: 'string',
      thirdPartyIdentifier: 'string',
      startDate: 'date',
      endDate: 'date',
      guestFirstName: 'string',
      guestLastName: 'string',
      guestCountry: 'string',
      guestEmail: 'string',
      guestPhone: 'string',
      rooms: { list: rooms },
      adults: { list: guests },
      children: { list: guests },
      paymentMethod: { one: ['cash', 'credit', 'ebanking', 'pay_pal'] },
      sendEmailConfirmation: 'boolean',
    },
  },
  putReservation: {
    method: 'PUT',
    required: [],
    fields: {
      propertyID: 'string',
      reservationID: 'string',
      status: { one: ['confirmed', 'not_confirmed', 'canceled', 'checked_in', 'checked_out', 'no_show'] },
      rooms: {
        list: {
          subReservationID: 'string',
          roomTypeID: 'string',
          checkinDate: 'date',
          checkoutDate: 'date',
          adults: 'integer',
          children: 'integer',
          rateID: 'string',
        },
      },
    },
  },
  postCustomItem: {
    method: 'POST',
    required: [],
    fields: {
      propertyID: 'string',
      reservationID: 'string',
      referenceID: 'string',
      items: { list: { appItemID: 'string', itemQuantity: 'integer', itemPrice: 'number', itemName: 'string' } },
      itemPaid: 'boolean',
    },
  },
};

/** What is wrong with the fields of a request, by the table; nothing where it is right. */
export function fieldFaults({ required, fields }: Operation, form: URLSearchParams): string[] {
  const faults = required.filter((name) => !form.has(name)).map((name) => `${name} is missing`);
  for (const [path, value] of form) {
    const [name = '', ...rest] = path.split('[').map((part) => part.replace(/\]$/, ''));
    let type = fields[name];
    if (rest.length > 0) type = typeof type === 'object' && 'list' in type ? type.list[rest[1] ?? ''] : undefined;
    if (type === undefined) faults.push(`${path} is no field`);
    else if (!isOf(type, value)) faults.push(`${path} is not right: ${value}`);
  }
  return faults;
}

function isOf(type: FieldType, value: string): boolean {
  if (typeof type === 'object') return 'one' in type && type.one.includes(value);
  const shapes = {
    string: /./s,
    integer: /^-?\d+$/,
    number: /^-?\d+(\.\d+)?$/,
    boolean: /^(true|false)$/,
    date: /^\d{4}-\d\d-\d\d$/,
    'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
  };
  return shapes[type].test(value);
}
