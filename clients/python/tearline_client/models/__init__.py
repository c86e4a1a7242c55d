"""Contains all the data models used in inputs/outputs"""

from .action import Action
from .add_location import AddLocation
from .add_webhook_endpoint import AddWebhookEndpoint
from .address import Address
from .addressed import Addressed
from .adjust_stock import AdjustStock
from .adjust_stock_batch import AdjustStockBatch
from .adjust_stock_reason import AdjustStockReason
from .adjusted import Adjusted
from .arrival import Arrival
from .because import Because
from .cancellation import Cancellation
from .carrier_event import CarrierEvent
from .carrier_event_state import CarrierEventState
from .chosen import Chosen
from .correction import Correction
from .correction_reason import CorrectionReason
from .counted import Counted
from .day_sales import DaySales
from .difference import Difference
from .difference_kind import DifferenceKind
from .discount import Discount
from .dispute import Dispute
from .dispute_state import DisputeState
from .draft_change import DraftChange
from .draft_order import DraftOrder
from .endpoint_change import EndpointChange
from .expanded_order import ExpandedOrder
from .expanded_order_fulfillment_status_type_0 import (
    ExpandedOrderFulfillmentStatusType0,
)
from .expanded_order_payment_status_type_0 import ExpandedOrderPaymentStatusType0
from .expanded_order_status import ExpandedOrderStatus
from .explanation import Explanation
from .explanation_status import ExplanationStatus
from .failure import Failure
from .flaw import Flaw
from .goods import Goods
from .import_report import ImportReport
from .imported_row import ImportedRow
from .imported_row_outcome import ImportedRowOutcome
from .inventory_list_reservations_stage_type_0 import (
    InventoryListReservationsStageType0,
)
from .inventory_list_reservations_stage_type_1_item import (
    InventoryListReservationsStageType1Item,
)
from .known_recipient import KnownRecipient
from .limits import Limits
from .location import Location
from .location_change import LocationChange
from .location_level import LocationLevel
from .money import Money
from .moved import Moved
from .movement import Movement
from .movement_reason import MovementReason
from .new_price import NewPrice
from .new_product import NewProduct
from .new_product_attributes_type_0 import NewProductAttributesType0
from .new_variant import NewVariant
from .new_variant_attributes_type_0 import NewVariantAttributesType0
from .notification import Notification
from .notification_channel import NotificationChannel
from .notification_recipient import NotificationRecipient
from .notification_state import NotificationState
from .notifications_list_deliveries_state_type_0 import (
    NotificationsListDeliveriesStateType0,
)
from .notifications_list_deliveries_state_type_1_item import (
    NotificationsListDeliveriesStateType1Item,
)
from .notifications_list_notifications_state_type_0 import (
    NotificationsListNotificationsStateType0,
)
from .notifications_list_notifications_state_type_1_item import (
    NotificationsListNotificationsStateType1Item,
)
from .open_return import OpenReturn
from .order import Order
from .order_fulfillment_status_type_0 import OrderFulfillmentStatusType0
from .order_line import OrderLine
from .order_overview import OrderOverview
from .order_overview_incomplete_item import OrderOverviewIncompleteItem
from .order_parts import OrderParts
from .order_parts_incomplete_item import OrderPartsIncompleteItem
from .order_payment_status_type_0 import OrderPaymentStatusType0
from .order_status import OrderStatus
from .orders_get_order_expand_type_0_item import OrdersGetOrderExpandType0Item
from .orders_list_orders_fulfillment_status_type_0 import (
    OrdersListOrdersFulfillmentStatusType0,
)
from .orders_list_orders_fulfillment_status_type_1_item import (
    OrdersListOrdersFulfillmentStatusType1Item,
)
from .orders_list_orders_payment_status_type_0 import OrdersListOrdersPaymentStatusType0
from .orders_list_orders_payment_status_type_1_item import (
    OrdersListOrdersPaymentStatusType1Item,
)
from .orders_list_orders_sort_type_0 import OrdersListOrdersSortType0
from .orders_list_orders_status_type_0 import OrdersListOrdersStatusType0
from .orders_list_orders_status_type_1_item import OrdersListOrdersStatusType1Item
from .overlap import Overlap
from .pack_shipment import PackShipment
from .page_carrier_event import PageCarrierEvent
from .page_expanded_order import PageExpandedOrder
from .page_movement import PageMovement
from .page_notification import PageNotification
from .page_payment import PagePayment
from .page_product import PageProduct
from .page_received_event import PageReceivedEvent
from .page_reservation import PageReservation
from .page_shipment import PageShipment
from .page_stock_level import PageStockLevel
from .page_suppression import PageSuppression
from .page_webhook_delivery import PageWebhookDelivery
from .page_webhook_endpoint import PageWebhookEndpoint
from .parcel import Parcel
from .parts import Parts
from .payment import Payment
from .payment_intent import PaymentIntent
from .payment_intent_state import PaymentIntentState
from .payment_state import PaymentState
from .payments_list_webhooks_state_type_0 import PaymentsListWebhooksStateType0
from .payments_list_webhooks_state_type_1_item import PaymentsListWebhooksStateType1Item
from .place_order import PlaceOrder
from .placing import Placing
from .preference import Preference
from .price_period import PricePeriod
from .problem_details import ProblemDetails
from .product import Product
from .product_attributes import ProductAttributes
from .rate import Rate
from .received import Received
from .received_event import ReceivedEvent
from .received_event_state import ReceivedEventState
from .received_line import ReceivedLine
from .reconciliation import Reconciliation
from .refund import Refund
from .refund_state import RefundState
from .refused import Refused
from .rejection import Rejection
from .reservation import Reservation
from .reservation_stage_type_0 import ReservationStageType0
from .reservation_state import ReservationState
from .reserved_line import ReservedLine
from .return_ import Return
from .return_line import ReturnLine
from .return_state import ReturnState
from .returned_line import ReturnedLine
from .row_refused import RowRefused
from .sales import Sales
from .set_preference import SetPreference
from .shipment import Shipment
from .shipment_direction import ShipmentDirection
from .shipment_line import ShipmentLine
from .shipment_state import ShipmentState
from .shipping_list_shipments_direction_type_0 import (
    ShippingListShipmentsDirectionType0,
)
from .shipping_list_shipments_state_type_0 import ShippingListShipmentsStateType0
from .shipping_list_shipments_state_type_1_item import (
    ShippingListShipmentsStateType1Item,
)
from .shipping_list_webhooks_state_type_0 import ShippingListWebhooksStateType0
from .shipping_list_webhooks_state_type_1_item import ShippingListWebhooksStateType1Item
from .standing import Standing
from .stock_difference import StockDifference
from .stock_drift import StockDrift
from .stock_level import StockLevel
from .stock_line import StockLine
from .suppress_address import SuppressAddress
from .suppress_address_channel import SuppressAddressChannel
from .suppression import Suppression
from .suppression_channel import SuppressionChannel
from .suppression_reason import SuppressionReason
from .taken_from import TakenFrom
from .timeline_entry import TimelineEntry
from .totals import Totals
from .tracking_event import TrackingEvent
from .tracking_event_status import TrackingEventStatus
from .variant import Variant
from .variant_attributes_type_0 import VariantAttributesType0
from .waiting_for import WaitingFor
from .wanted_line import WantedLine
from .webhook_attempt import WebhookAttempt
from .webhook_delivery import WebhookDelivery
from .webhook_delivery_log import WebhookDeliveryLog
from .webhook_delivery_log_state import WebhookDeliveryLogState
from .webhook_delivery_state import WebhookDeliveryState
from .webhook_endpoint import WebhookEndpoint
from .webhook_endpoint_disabled_because_type_0 import (
    WebhookEndpointDisabledBecauseType0,
)
from .webhook_endpoint_removed import WebhookEndpointRemoved
from .webhook_endpoint_secret import WebhookEndpointSecret
from .webhook_endpoint_state import WebhookEndpointState
from .webhook_taken import WebhookTaken
from .webhook_types import WebhookTypes
from .webhooks_replayed import WebhooksReplayed
from .wish import Wish
from .within import Within

__all__ = (
    "Action",
    "AddLocation",
    "Address",
    "Addressed",
    "AddWebhookEndpoint",
    "Adjusted",
    "AdjustStock",
    "AdjustStockBatch",
    "AdjustStockReason",
    "Arrival",
    "Because",
    "Cancellation",
    "CarrierEvent",
    "CarrierEventState",
    "Chosen",
    "Correction",
    "CorrectionReason",
    "Counted",
    "DaySales",
    "Difference",
    "DifferenceKind",
    "Discount",
    "Dispute",
    "DisputeState",
    "DraftChange",
    "DraftOrder",
    "EndpointChange",
    "ExpandedOrder",
    "ExpandedOrderFulfillmentStatusType0",
    "ExpandedOrderPaymentStatusType0",
    "ExpandedOrderStatus",
    "Explanation",
    "ExplanationStatus",
    "Failure",
    "Flaw",
    "Goods",
    "ImportedRow",
    "ImportedRowOutcome",
    "ImportReport",
    "InventoryListReservationsStageType0",
    "InventoryListReservationsStageType1Item",
    "KnownRecipient",
    "Limits",
    "Location",
    "LocationChange",
    "LocationLevel",
    "Money",
    "Moved",
    "Movement",
    "MovementReason",
    "NewPrice",
    "NewProduct",
    "NewProductAttributesType0",
    "NewVariant",
    "NewVariantAttributesType0",
    "Notification",
    "NotificationChannel",
    "NotificationRecipient",
    "NotificationsListDeliveriesStateType0",
    "NotificationsListDeliveriesStateType1Item",
    "NotificationsListNotificationsStateType0",
    "NotificationsListNotificationsStateType1Item",
    "NotificationState",
    "OpenReturn",
    "Order",
    "OrderFulfillmentStatusType0",
    "OrderLine",
    "OrderOverview",
    "OrderOverviewIncompleteItem",
    "OrderParts",
    "OrderPartsIncompleteItem",
    "OrderPaymentStatusType0",
    "OrdersGetOrderExpandType0Item",
    "OrdersListOrdersFulfillmentStatusType0",
    "OrdersListOrdersFulfillmentStatusType1Item",
    "OrdersListOrdersPaymentStatusType0",
    "OrdersListOrdersPaymentStatusType1Item",
    "OrdersListOrdersSortType0",
    "OrdersListOrdersStatusType0",
    "OrdersListOrdersStatusType1Item",
    "OrderStatus",
    "Overlap",
    "PackShipment",
    "PageCarrierEvent",
    "PageExpandedOrder",
    "PageMovement",
    "PageNotification",
    "PagePayment",
    "PageProduct",
    "PageReceivedEvent",
    "PageReservation",
    "PageShipment",
    "PageStockLevel",
    "PageSuppression",
    "PageWebhookDelivery",
    "PageWebhookEndpoint",
    "Parcel",
    "Parts",
    "Payment",
    "PaymentIntent",
    "PaymentIntentState",
    "PaymentsListWebhooksStateType0",
    "PaymentsListWebhooksStateType1Item",
    "PaymentState",
    "PlaceOrder",
    "Placing",
    "Preference",
    "PricePeriod",
    "ProblemDetails",
    "Product",
    "ProductAttributes",
    "Rate",
    "Received",
    "ReceivedEvent",
    "ReceivedEventState",
    "ReceivedLine",
    "Reconciliation",
    "Refund",
    "RefundState",
    "Refused",
    "Rejection",
    "Reservation",
    "ReservationStageType0",
    "ReservationState",
    "ReservedLine",
    "Return",
    "ReturnedLine",
    "ReturnLine",
    "ReturnState",
    "RowRefused",
    "Sales",
    "SetPreference",
    "Shipment",
    "ShipmentDirection",
    "ShipmentLine",
    "ShipmentState",
    "ShippingListShipmentsDirectionType0",
    "ShippingListShipmentsStateType0",
    "ShippingListShipmentsStateType1Item",
    "ShippingListWebhooksStateType0",
    "ShippingListWebhooksStateType1Item",
    "Standing",
    "StockDifference",
    "StockDrift",
    "StockLevel",
    "StockLine",
    "SuppressAddress",
    "SuppressAddressChannel",
    "Suppression",
    "SuppressionChannel",
    "SuppressionReason",
    "TakenFrom",
    "TimelineEntry",
    "Totals",
    "TrackingEvent",
    "TrackingEventStatus",
    "Variant",
    "VariantAttributesType0",
    "WaitingFor",
    "WantedLine",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookDeliveryLog",
    "WebhookDeliveryLogState",
    "WebhookDeliveryState",
    "WebhookEndpoint",
    "WebhookEndpointDisabledBecauseType0",
    "WebhookEndpointRemoved",
    "WebhookEndpointSecret",
    "WebhookEndpointState",
    "WebhooksReplayed",
    "WebhookTaken",
    "WebhookTypes",
    "Wish",
    "Within",
)
